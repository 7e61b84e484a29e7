CREATE USER report IDENTIFIED BY 'kanarie21-bericht';
